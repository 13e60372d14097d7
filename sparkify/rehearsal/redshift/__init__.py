"""An emulator of Amazon Redshift on loopback that speaks its wire protocol.

PostgreSQL keeps the tables and runs the queries. The emulator adds TLS and passwords
as a Redshift client meets them, Redshift's SQL, and COPY of Parquet from an S3 that
the caller gives.

The emulator differs from Redshift. UNLOAD and COPY of other formats are not supported.
There is no column store and there are no slices: the skew in `svv_table_info` is
computed as if there were. Plans, speed, lock waits and the texts of most errors are
PostgreSQL's. A transaction sees one snapshot (PostgreSQL's repeatable read); Redshift's
own serialization errors are missing. A Parquet file without rows is refused, as it is
not known what Redshift makes of it. Comparisons respect trailing blanks, `avg` of
integers has decimals, and `truncate` does not commit. The types are PostgreSQL's: there
is no `super` and no `varbyte`. Results are sent as text in the oldest protocol version,
without the extended metadata.
"""

from sparkify.rehearsal.redshift.login import Credentials
from sparkify.rehearsal.redshift.server import RedshiftServer

__all__ = ["Credentials", "RedshiftServer"]
