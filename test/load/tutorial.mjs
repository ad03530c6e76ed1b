// The six objects of the tutorial: three Deployments and their Services.

const deployment = (name, env) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: `synergychat-${name}`, labels: { app: `synergychat-${name}` } },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: `synergychat-${name}` } },
    template: {
      metadata: { labels: { app: `synergychat-${name}` } },
      spec: {
        containers: [
          {
            name: `synergychat-${name}`,
            image: `bootdotdev/synergychat-${name}:latest`,
            ...(env === undefined ? {} : { env }),
          },
        ],
      },
    },
  },
})

const service = (name, spec, port) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: `${name}-service` },
  spec: {
    ...spec,
    selector: { app: `synergychat-${name}` },
    ports: [{ protocol: 'TCP', port: 80, targetPort: 8080, ...port }],
  },
})

export const TUTORIAL = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    deployment('web'),
    deployment('api', [{ name: 'API_PORT', value: '8080' }]),
    deployment('crawler', [
      { name: 'CRAWLER_PORT', value: '8080' },
      { name: 'CRAWLER_KEYWORDS', value: 'love,hate' },
    ]),
    service('web', {}, {}),
    service('api', { type: 'NodePort' }, { nodePort: 30080 }),
    service('crawler', {}, {}),
  ],
})
