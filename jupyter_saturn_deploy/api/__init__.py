"""The HTTP interface, under `saturn-deploy/api/`; `openapi.yaml` describes it."""
