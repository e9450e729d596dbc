"""What formats share: results, limits, decoding, ids for parts that have none."""
