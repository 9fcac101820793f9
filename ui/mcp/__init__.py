"""The Model Context Protocol: four tools that only read, over standard input and output (`florilegium mcp`) and at `/mcp` of the served process."""
