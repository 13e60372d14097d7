"""Removes the cloud resources that carry our tag, and finds orphaned ones."""
