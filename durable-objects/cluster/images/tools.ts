// Which tools images bring along, and whose they are.
import type { Tools } from '#images/behaviour.ts'

export const BUSYBOX_TOOLS: Tools = {
  wget: 'busybox',
  nslookup: 'busybox',
  nc: 'busybox',
  ping: 'busybox',
}

export const ALPINE_TOOLS: Tools = { ...BUSYBOX_TOOLS, getent: 'musl' }

export const AGNHOST_TOOLS: Tools = {
  ...ALPINE_TOOLS,
  nslookup: 'bind',
  dig: 'bind',
  host: 'bind',
  nc: 'openbsd',
  curl: 'curl',
}

/** Debian with curl, as the web servers' images are. */
export const DEBIAN_CURL_TOOLS: Tools = { curl: 'curl', getent: 'glibc' }

export const DEBIAN_TOOLS: Tools = { getent: 'glibc' }

export const CURL_TOOLS: Tools = { ...ALPINE_TOOLS, curl: 'curl' }

/** All there is: images for looking around in a network. */
export const NETSHOOT_TOOLS: Tools = { ...AGNHOST_TOOLS, wget: 'gnu', ping: 'iputils' }
