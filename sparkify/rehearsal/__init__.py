"""Emulators of AWS on loopback, against which the whole AWS profile can be rehearsed.

They differ from AWS: IAM policies are not evaluated as AWS does it, and the speed
differs.
"""
