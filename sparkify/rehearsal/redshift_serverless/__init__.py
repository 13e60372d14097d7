"""The emulated management of Redshift Serverless, which moto lacks.

Of the service's operations, those that our code calls are here. What goes in and out is
checked against botocore's model of the service, so that no name or type is made up.
"""

from sparkify.rehearsal.redshift_serverless.service import served

__all__ = ["served"]
