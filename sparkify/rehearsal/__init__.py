"""Stand-ins for AWS on loopback, so that the AWS profile can be rehearsed whole.

What it is not: real AWS, its evaluation of IAM policies, its speed.
"""
