// What CoreDNS is told, as kubeadm writes it. kubernetes: cmd/kubeadm/app/phases/addons/dns/manifests.go

/** `ttl`: how long the cluster's records live, in seconds; kubeadm writes 30. */
export const kubeadmCorefile = (ttl: number): string => `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl ${ttl}
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`
