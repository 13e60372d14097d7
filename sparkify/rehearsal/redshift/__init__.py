"""A stand-in for Amazon Redshift that speaks its wire protocol on loopback.

Behind it stands PostgreSQL; in front, TLS and passwords as a Redshift client meets
them. COPY and UNLOAD move Parquet between it and an S3 that the caller gives.

What it is not: Redshift. There is no column store and nothing lies on slices: the
skew in `svv_table_info` is computed as if it did. Plans, speed, lock waits and the
texts of most errors are PostgreSQL's. A transaction sees one snapshot (PostgreSQL's
repeatable read); which ones Redshift would call a serialization error it does not
know. Comparisons mind trailing blanks, `avg` of whole numbers has decimals, and
`truncate` does not commit. Types end where PostgreSQL's do: no `super`, no `varbyte`.
Results come as text in the oldest protocol version, without the extended metadata.
"""

from sparkify.rehearsal.redshift.login import Credentials
from sparkify.rehearsal.redshift.server import RedshiftServer

__all__ = ["Credentials", "RedshiftServer"]
