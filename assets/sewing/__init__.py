"""From flat panels to a worn, hung or laid-out garment: cloth simulation, finishing, checks."""
