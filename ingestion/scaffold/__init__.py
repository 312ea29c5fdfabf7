"""The files of a new vendor, made from templates, with tests that say what is missing.

`make vendor NAME=freshdesk ENTITIES='tickets helpdesk_users'`: source, sandbox server and
generator, staging, expectations and tests. They load and parse at once; what only
somebody who knows the vendor can write, the tests ask for, file by file.
"""
