"""The pure core: record → root use → verdict → incident → notice. No AWS client, HTTP, environment or clock."""
