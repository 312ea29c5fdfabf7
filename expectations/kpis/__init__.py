"""One module per area: what is plausible in the tables of `kpis`. Warnings only."""
