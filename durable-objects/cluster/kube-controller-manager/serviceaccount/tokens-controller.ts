// kubernetes: pkg/controller/serviceaccount/tokens_controller.go
import type { Secret } from '#api/core/v1/secret/types.ts'
import { legacyClaims, tokenText } from '#api/core/v1/service-account/token-text.ts'
import type { ServiceAccount } from '#api/core/v1/service-account/types.ts'
import { encodeBase64 } from '#apimachinery/base64.ts'
import { assign, keyOf, own, splitKey } from '#apimachinery/object.ts'
import { encodeUtf8 } from '#apimachinery/utf8.ts'
import type { Client } from '#client/client.ts'
import type { Component, ComponentDefinition } from '#client/component.ts'
import { ROOT_CA } from '#kube-controller-manager/root-ca-cert-publisher/root-ca.ts'

const NAME = 'tokens-controller'
const TYPE = 'kubernetes.io/service-account-token'
const ACCOUNT_NAME = 'kubernetes.io/service-account.name'
const ACCOUNT_UID = 'kubernetes.io/service-account.uid'

/** Fills in the Secrets that are to hold a ServiceAccount's token, and takes them away with the account. */
export const tokensController: ComponentDefinition = {
  name: NAME,
  manager: 'kube-controller-manager',
  username: 'system:kube-controller-manager',
  create: ({ client, queue }) => {
    client.watch('secrets', ({ type, object }) => {
      if (type !== 'DELETED' && object.type === TYPE) queue.add(keyOf(object))
    })
    client.watch('serviceaccounts', ({ type, object }) => {
      if (type !== 'DELETED') return
      for (const secret of client.list('secrets', { namespace: object.metadata.namespace ?? '' }))
        if (secret.type === TYPE && accountName(secret) === object.metadata.name)
          queue.add(keyOf(secret))
    })
    return {
      name: NAME,
      queue,
      resync: () => {
        for (const secret of client.list('secrets'))
          if (secret.type === TYPE) queue.add(keyOf(secret))
      },
      sync: (key) => {
        const { namespace, name } = splitKey(key)
        const secret = client.get('secrets', namespace, name)
        if (secret?.type !== TYPE) return
        const account = accountOf(client, secret)
        if (account === undefined) return remove(client, secret)
        const filled = filledIn(secret, account)
        if (filled !== secret) client.update('secrets', filled)
      },
    } satisfies Component
  },
}

const accountName = ({ metadata }: Secret): string => own(metadata.annotations, ACCOUNT_NAME) ?? ''

/** The account that a Secret speaks of, if it is still the same. */
const accountOf = (client: Client, secret: Secret): ServiceAccount | undefined => {
  const { namespace = '', annotations } = secret.metadata
  const account = client.get('serviceaccounts', namespace, accountName(secret))
  const uid = own(annotations, ACCOUNT_UID) ?? ''
  return uid === '' || uid === account?.metadata.uid ? account : undefined
}

const remove = (client: Client, { metadata }: Secret): void => {
  if (metadata.deletionTimestamp !== undefined) return
  const { namespace = '', name = '', uid } = metadata
  client.delete('secrets', namespace, name, uid === undefined ? {} : { preconditions: { uid } })
}

const encoded = (text: string): string => encodeBase64(encodeUtf8(text))
const CERTIFICATE = encoded(ROOT_CA)

/** The Secret with all that it is to hold; the Secret itself if nothing is missing. kubernetes: generateTokenIfNeeded */
const filledIn = (secret: Secret, account: ServiceAccount): Secret => {
  const { data = {}, metadata } = secret
  const has = (key: string): boolean => (own(data, key) ?? '') !== ''
  const hasCertificate = own(data, 'ca.crt') === CERTIFICATE
  if (hasCertificate && has('namespace') && has('token')) return secret
  const claims = legacyClaims(account, metadata.name ?? '')
  return assign(secret, {
    metadata: assign(metadata, {
      annotations: {
        ...metadata.annotations,
        [ACCOUNT_NAME]: account.metadata.name ?? '',
        [ACCOUNT_UID]: account.metadata.uid ?? '',
      },
    }),
    data: {
      ...data,
      'ca.crt': CERTIFICATE,
      ...(has('namespace') ? {} : { namespace: encoded(metadata.namespace ?? '') }),
      ...(has('token') ? {} : { token: encoded(tokenText(claims)) }),
    },
  })
}
