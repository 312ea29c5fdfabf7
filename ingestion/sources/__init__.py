"""One module per vendor, named like its vendor id.

Each module offers `source() -> dlt.sources.DltSource`: its resources are the tables
of `raw_<vendor>`, and its docstring names the vendor's endpoints.
"""
