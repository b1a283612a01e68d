"""Steps about deployments on Vercel."""
