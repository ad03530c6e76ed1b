#!/usr/bin/env bash
# Stands in for kubectl: asks an engine server (engine-server.mjs) to run this command line with our own kubectl. In bash, since a
# process of Node's would take longer to start than the real kubectl takes to answer; what it prints comes in files (our-kubectl.mjs).
LC_ALL=C
config=${KUBECONFIG:-$HOME/.kube/config}
server=${OUR_SERVER:-}
if [[ -z $server ]]; then
  while read -r name value; do
    [[ $name == server: ]] && server=$value && break
  done <"${config%%:*}"
fi
address=${server#http://}
place=${TMPDIR:-/tmp}/our-kubectl-$$
# standard input is left to others (`while read`) unless it is asked for
for word; do
  case $word in
  *- | */dev/stdin | -i* | -ti | --stdin* | --interactive*) [[ -p /dev/stdin || -f /dev/stdin ]] && cat >"$place.in" && break ;;
  esac
done

printf -v body '%s\x1f' "$PWD" "$HOME" "$config" "${KUBE_EDITOR:-}" "${EDITOR:-}" "$place" "$@"
port=${address#*:}
exec 3<>"/dev/tcp/${address%%:*}/${port%%/*}" || exit 125
printf 'POST /kubectl/%s HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s' "${address#*/k8s/}" "${#body}" "$body" >&3
while read -r line <&3 && [[ $line != $'\r' ]]; do :; done
read -r code <&3
cat "$place.out"
cat "$place.err" >&2
rm -f "$place".{in,out,err}
exit "${code:-125}"
