"""The AWS side: what is provisioned, how it is reached, and how it goes away."""
