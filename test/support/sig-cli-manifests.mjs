// What the specs of [sig-cli] create. kubernetes: test/fixtures, test/e2e/testing-manifests
const IMAGES = 'registry.k8s.io/e2e-test-images'
export const AGNHOST = `${IMAGES}/agnhost:2.63.0`
export const BUSYBOX = `${IMAGES}/busybox:1.37.0-1`
export const HTTPD = `${IMAGES}/httpd:2.4.38-4`
export const NAUTILUS = `${IMAGES}/nautilus:1.7`
const PAUSE = 'registry.k8s.io/pause:3.10.1'
export const AGNHOST_PRIMARY = JSON.stringify({
  kind: 'ReplicationController',
  apiVersion: 'v1',
  metadata: { name: 'agnhost-primary', labels: { app: 'agnhost', role: 'primary' } },
  spec: {
    replicas: 1,
    selector: { app: 'agnhost', role: 'primary' },
    template: {
      metadata: { labels: { app: 'agnhost', role: 'primary' } },
      spec: {
        containers: [
          {
            name: 'agnhost-primary',
            image: AGNHOST,
            ports: [{ name: 'agnhost-server', containerPort: 6379 }],
          },
        ],
      },
    },
  },
})

export const AGNHOST_SERVICE = JSON.stringify({
  kind: 'Service',
  apiVersion: 'v1',
  metadata: { name: 'agnhost-primary', labels: { app: 'agnhost', role: 'primary' } },
  spec: {
    ports: [{ port: 6379, targetPort: 'agnhost-server' }],
    selector: { app: 'agnhost', role: 'primary' },
  },
})

export const NAUTILUS_CONTROLLER = `
apiVersion: v1
kind: ReplicationController
metadata:
  name: update-demo-nautilus
spec:
  replicas: 2
  selector:
    name: update-demo
    version: nautilus
  template:
    metadata:
      labels:
        name: update-demo
        version: nautilus
    spec:
      containers:
      - image: ${NAUTILUS}
        name: update-demo
        ports:
        - containerPort: 80
          protocol: TCP
`

const guestbookService = (name, labels, ports) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, labels },
  spec: { ports, selector: labels },
})

const guestbookDeployment = (name, replicas, labels, container) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          {
            image: AGNHOST,
            resources: { requests: { cpu: '100m', memory: '100Mi' } },
            ...container,
          },
        ],
      },
    },
  },
})

const FRONTEND = { app: 'guestbook', tier: 'frontend' }
const PRIMARY = { app: 'agnhost', role: 'primary', tier: 'backend' }
const REPLICA = { app: 'agnhost', role: 'replica', tier: 'backend' }

export const GUESTBOOK = [
  guestbookService('agnhost-replica', REPLICA, [{ port: 6379 }]),
  guestbookService('agnhost-primary', PRIMARY, [{ port: 6379, targetPort: 6379 }]),
  guestbookService('frontend', FRONTEND, [{ port: 80 }]),
  guestbookDeployment('frontend', 3, FRONTEND, {
    name: 'guestbook-frontend',
    args: ['guestbook', '--backend-port', '6379'],
    ports: [{ containerPort: 80 }],
  }),
  guestbookDeployment('agnhost-primary', 1, PRIMARY, {
    name: 'primary',
    args: ['guestbook', '--http-port', '6379'],
    ports: [{ containerPort: 6379 }],
  }),
  guestbookDeployment('agnhost-replica', 2, REPLICA, {
    name: 'replica',
    args: ['guestbook', '--replicaof', 'agnhost-primary', '--http-port', '6379'],
    ports: [{ containerPort: 6379 }],
  }),
]

export const HTTPD_DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: httpd-deployment
spec:
  replicas: 2
  selector:
    matchLabels:
      app: httpd
  template:
    metadata:
      labels:
        app: httpd
    spec:
      containers:
      - name: httpd
        image: ${HTTPD}
        ports:
        - containerPort: 80
`

export const PAUSE_POD = `
apiVersion: v1
kind: Pod
metadata:
  name: pause
  labels:
    name: pause
spec:
  containers:
  - name: pause
    image: ${PAUSE}
    ports:
    - containerPort: 80
`
