"""One module per vendor, named like its vendor id: what must hold in `raw_<vendor>`."""
