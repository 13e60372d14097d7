-- The time of the warehouse's clock, UTC; one row.
select getdate() as now;
