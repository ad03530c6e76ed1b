/** What busybox says of itself. */
export const BUSYBOX_VERSION = '1.37.0'
export const BUSYBOX = `BusyBox v${BUSYBOX_VERSION} (2024-09-26 21:31:42 UTC) multi-call binary.`
