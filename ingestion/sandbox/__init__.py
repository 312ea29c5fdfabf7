"""The sandbox: a generated company, and a server that speaks the vendors' APIs."""
