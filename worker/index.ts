import { app } from './app.ts'

export { ClusterSession } from '../durable-objects/cluster-session.ts'

export default app
