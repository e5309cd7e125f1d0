// DeploymentTests
