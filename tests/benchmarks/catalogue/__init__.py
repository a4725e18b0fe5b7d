"""The catalogue's figures: synchronisations beside the least that they could cost, and the casino API's pages."""
