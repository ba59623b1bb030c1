"""Services to deploy to, for a local run: the cluster `shop` with the service `web`, whose tasks run an image in version 2.4.0.

No image is pulled and no container runs: the emulator keeps the books only. AWS has no part in this: it stands for a service of one's own.
"""

from typing import Any

CLUSTER = "shop"
NAME = "web"
IMAGE = "registry.example.com/shop/web:2.4.0"


def create(services: Any) -> dict[str, str]:
    """Create it, and give the stack's parameters that let its services be deployed to."""
    services.create_cluster(clusterName=CLUSTER)
    container = {"name": "app", "image": IMAGE, "memory": 64}
    services.register_task_definition(family=f"{CLUSTER}-{NAME}", containerDefinitions=[container])
    with_breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    created = services.create_service(cluster=CLUSTER, serviceName=NAME, taskDefinition=f"{CLUSTER}-{NAME}", desiredCount=1, deploymentConfiguration=with_breaker)
    prefix = created["service"]["serviceArn"].rpartition(":")[0]
    return {
        "DeployEcsServiceArns": f"{prefix}:service/{CLUSTER}/*",
        "DeployEcsTaskDefinitionArns": f"{prefix}:task-definition/{CLUSTER}-*:*",
    }
