"""Tests: geo, dispatch and app mirror the packages; walks tell whole stories; benches apart."""
