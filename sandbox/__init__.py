"""The platforms simulated, and a robot that plays: shares no code with the product."""
