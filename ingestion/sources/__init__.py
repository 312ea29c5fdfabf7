"""One module per vendor, named like its vendor id.

Each module offers `source() -> dlt.sources.DltSource`: its resources are the tables
of `raw_<vendor>`, and its docstring names the vendor's endpoints. One that asks the
vendor for what changed, and so costs little when nothing did, says so with
`ASKS_FOR_CHANGES = True` and is loaded every hour; one that can be asked for days takes
them as `days`.
"""
