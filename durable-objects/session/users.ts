import type { UserInfo } from '../cluster/api/strategy.ts'
import type { Access } from './access.ts'

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

/** Whom the API server sees behind a link whose key was looked at. */
export const userOf = ({ key }: Access): UserInfo => (key === undefined ? VIEWER : ADMINISTRATOR)
