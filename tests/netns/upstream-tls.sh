# SPDX-License-Identifier: BSD-2-Clause
# Servers of DNS over TLS for the lab: certificates of its own making, Unbound to answer, and a record of
# all that leaves for them. Sourced by tests, behind harness.sh.

UPSTREAM=198.51.100.10 # has the right certificate, for dns.example
OTHER=198.51.100.11    # the same, further away
NAMES=198.51.100.13 # knows where servers are, and is asked in clear text
DEAD=198.51.100.12     # answers nothing at all

# certificate NAME HOST [DAYS]: NAME.pem and NAME.key, by the lab's authority.
certificate() {
	local name="$LAB_DIR/$1"
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$name.key" \
		-out "$name.csr" -subj "/CN=$1" 2>/dev/null
	openssl x509 -req -in "$name.csr" -CA "$LAB_DIR/ca.pem" -CAkey "$LAB_DIR/ca.key" -CAcreateserial \
		-days "${3:-2}" -extfile <(echo "subjectAltName=DNS:$2") -out "$name.pem" 2>/dev/null
	chmod 644 "$name.key"
}

authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
		-keyout "$LAB_DIR/$1.key" -out "$LAB_DIR/$1.pem" 2>/dev/null
}

# upstream NAME ADDRESS@PORT [CERTIFICATE [LINE]]: Unbound as a server of DNS over TLS, that validates
# nothing; without a certificate, of DNS over TCP.
upstream() {
	cat >"$LAB_DIR/$1.conf" <<-CONF
	server:
	    interface: $2
	    ${3:+tls-service-key: "$LAB_DIR/$3.key"}
	    ${3:+tls-service-pem: "$LAB_DIR/$3.pem"}
	    access-control: 0.0.0.0/0 allow
	    root-hints: "$LAB_DIR/root.hints"
	    module-config: "iterator"
	    outgoing-interface: 198.51.100.3
	    do-not-query-localhost: no
	    minimal-responses: no
	    chroot: ""
	    username: ""
	    pidfile: ""
	    directory: "$LAB_DIR"
	    use-syslog: no
	    use-systemd: no
	    ${4:-}
	remote-control:
	    control-enable: no
	CONF
	lab_spawn "$1" internet unbound -d -c "$LAB_DIR/$1.conf"
	lab_wait_for upstream_listens "$2"
}

upstream_listens() {
	lab_in internet ss -Hltn "src ${1/@/:}" | grep -q .
}

# configure_upstreams LINE...: all names are asked of these, over TLS.
configure_upstreams() {
	lab_configure "tls-cert-bundle: \"$LAB_DIR/ca.pem\"" "${SETTINGS[@]}"
	{
		echo 'forward-zone:'
		echo '    name: "."'
		echo '    forward-tls-upstream: yes'
		printf '    %s\n' "$@"
	} >>"$LAB_CONF"
}

# restart LINE...: runbound with these, and empty caches.
restart() {
	[ ! -e "$LAB_DIR/runbound.pid" ] || lab_stop_runbound
	rm -f "$LAB_LOG"
	configure_upstreams "$@"
	lab_start_runbound
}

# counted NAME: what runbound has counted of its upstreams.
counted() {
	"$CACHECTL" -s "$LAB_SOCKET" -p "$LAB_PINS" stats |
		awk -v name="upstream_tls_$1" '$1 == name { print $2 }'
}

# watch: record from here on all that leaves for the internet.
watch() {
	lab_spawn watch resolver python3 "$LAB_HERE/upstream-watch.py" up0 853 8853
	lab_wait_for grep -q ready "$LAB_DIR/watch.log"
}

# watched: the watch ends; what it has seen.
watched() {
	lab_signal watch TERM
	lab_gone watch
	cat "$LAB_DIR/watch.log"
}
