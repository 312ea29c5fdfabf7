"""Great Expectations suites at the layer borders, as plain code.

The contract that every file in `sources` and `kpis` keeps:
`suites() -> dict[str, list[Expectation]]`, table name to what must hold in it. Great
Expectations is imported inside the function, never at the top of a module: it costs
three CPU-seconds that only a run with something to check should pay.

`sources/<vendor>.py` guards `raw_<vendor>`; severity critical (the default) blocks
everything below, warning does not. `kpis/<area>.py` says what is plausible in `kpis`
and only ever warns.
"""
