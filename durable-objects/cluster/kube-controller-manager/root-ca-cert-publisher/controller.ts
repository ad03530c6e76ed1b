// kubernetes: pkg/controller/certificates/rootcacertpublisher/publisher.go
import { assign, equal } from '#apimachinery/object.ts'
import { namespacedDefault } from '#kube-controller-manager/namespaced-default.ts'
import { ROOT_CA } from '#kube-controller-manager/root-ca-cert-publisher/root-ca.ts'

const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

const DATA = { 'ca.crt': ROOT_CA }
const ANNOTATIONS = { 'kubernetes.io/description': DESCRIPTION }

/** Every namespace has the authority's certificate in a ConfigMap. */
export const rootCaCertPublisher = namespacedDefault({
  name: 'root-ca-cert-publisher',
  username: 'system:serviceaccount:kube-system:root-ca-cert-publisher',
  resource: 'configmaps',
  objectName: 'kube-root-ca.crt',
  object: (namespace) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-root-ca.crt', namespace, annotations: ANNOTATIONS },
    data: DATA,
  }),
  corrected: (existing) => {
    const annotations = { ...existing.metadata.annotations, ...ANNOTATIONS }
    if (equal(existing.data, DATA) && equal(existing.metadata.annotations, annotations))
      return existing
    return assign(existing, { data: DATA, metadata: assign(existing.metadata, { annotations }) })
  },
})
