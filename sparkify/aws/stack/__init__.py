"""The cloud resources of a run, each with the state that it must have."""
