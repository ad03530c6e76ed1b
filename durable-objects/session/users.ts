import type { UserInfo } from '../cluster/api/strategy.ts'

/** Who holds the edit link. */
export const ADMINISTRATOR: UserInfo = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
}

/** Who holds the view link: looks at everything but what Secrets hold. */
export const VIEWER: UserInfo = {
  username: 'viewer',
  groups: ['kubarium:viewers', 'system:authenticated'],
}
