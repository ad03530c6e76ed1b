export { liveWatch } from './live/stream.ts'
