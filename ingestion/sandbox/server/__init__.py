"""The sandbox's server: any data directory, spoken as the vendors' own HTTP APIs.

It does not know who wrote the directory. `store` reads it, `faults` plays the mishaps
that its sandbox.toml names, `vendors` holds one module per vendor.
"""
