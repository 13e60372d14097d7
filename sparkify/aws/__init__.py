"""The AWS side: provisioning, access and teardown."""
