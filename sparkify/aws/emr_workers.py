"""The workers of EMR Serverless: their size, their number and what they cost.

A job has one worker for its driver, and the others for its executors. Each is as large
as an `m5.xlarge`. AWS bills each second of a worker's virtual CPUs and memory, for at
least a minute. The prices are list prices in US dollars, for x86-64, in the regions of
`sparkify.aws.prices`; a worker's first 20 GB of disk are free.
"""

from __future__ import annotations

from dataclasses import dataclass

from sparkify.aws.prices import PRICED_REGIONS
from sparkify.aws.settings import Settings

VCPUS = 4
GIGABYTES = 16
DISK_GIGABYTES = 20
HEAP = "14g"  # Spark adds a tenth
VCPU_HOUR = 0.052624
GIGABYTE_HOUR = 0.0057785
# What the job on the real data is taken to last, with the start of its workers.
RUN_MINUTES = 5


@dataclass(frozen=True)
class Workers:
    """The workers of an application, at most.

    Attributes:
        number: How many.
        region: Their region.
    """

    number: int
    region: str

    @classmethod
    def of(cls, settings: Settings) -> Workers:
        """Return the workers of some settings."""
        return cls(settings.emr_instances, settings.region)

    @property
    def vcpus(self) -> int:
        """The virtual CPUs of all."""
        return VCPUS * self.number

    @property
    def gigabytes(self) -> int:
        """The memory of all, in GB."""
        return GIGABYTES * self.number

    @property
    def limit(self) -> dict[str, str]:
        """The most that an application may use, as EMR Serverless takes it."""
        return {
            "cpu": f"{self.vcpus} vCPU",
            "memory": f"{self.gigabytes} GB",
            "disk": f"{DISK_GIGABYTES * self.number} GB",
        }

    @property
    def spark(self) -> dict[str, str]:
        """Spark's settings for a job that uses all of them."""
        return {
            "spark.driver.cores": str(VCPUS),
            "spark.driver.memory": HEAP,
            "spark.executor.cores": str(VCPUS),
            "spark.executor.memory": HEAP,
            "spark.executor.instances": str(self.number - 1),
            "spark.dynamicAllocation.enabled": "false",
        }

    @property
    def dollars(self) -> float | None:
        """US dollars an hour while all of them run; None if unknown."""
        return run_dollars(self.vcpus, self.gigabytes, self.region)

    @property
    def run(self) -> str:
        """What the run on the real data uses and costs, in words."""
        hours = RUN_MINUTES / 60
        vcpu_hours, gigabyte_hours = self.vcpus * hours, self.gigabytes * hours
        cost = run_dollars(vcpu_hours, gigabyte_hours, self.region)
        words = f"{vcpu_hours:.1f} vCPU-hours and {gigabyte_hours:.1f} GB-hours"
        price = "unknown price" if cost is None else f"{cost:.2f} dollars"
        return f"{RUN_MINUTES} minutes are {words}, {price}"


def run_dollars(vcpu_hours: float, gigabyte_hours: float, region: str) -> float | None:
    """Return the US dollars of a job run; None if unknown."""
    if region not in PRICED_REGIONS:
        return None
    return round(vcpu_hours * VCPU_HOUR + gigabyte_hours * GIGABYTE_HOUR, 4)
