"""Emulators of AWS on loopback, against which the whole AWS profile can be rehearsed.

They differ from AWS in their speed, and what IAM evaluates is limited to what the
emulated services ask for.
"""
