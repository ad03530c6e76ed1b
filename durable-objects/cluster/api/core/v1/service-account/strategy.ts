// kubernetes: pkg/registry/core/serviceaccount/strategy.go
import type { ServiceAccount } from '#api/core/v1/service-account/types.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign, mapShared } from '#apimachinery/object.ts'

/** Of references to secrets only the name counts. */
const withPlainSecrets = (account: ServiceAccount): ServiceAccount =>
  account.secrets === undefined
    ? account
    : assign(account, {
        secrets: mapShared(account.secrets, (secret) =>
          Object.keys(secret).every((key) => key === 'name')
            ? secret
            : secret.name === undefined
              ? {}
              : { name: secret.name },
        ),
      })

export const serviceAccountStrategy: Strategy<ServiceAccount> = {
  prepareForCreate: withPlainSecrets,
  prepareForUpdate: withPlainSecrets,
  returnsDeletedObject: true,
}
