# SPDX-License-Identifier: BSD-2-Clause
# The small internet's zones, signed, and the knotd servers that serve them. Sourced by lab.sh.

ZONE_SOURCES="$LAB_HERE/zones"
ZONES_MANY=20000 # names of many.example: n0 ... n19999, n<i> at 198.18.0.0 + i

# zones_sign_one ZONE [SIGNER-OPTION...]: $dir/ZONE.zone becomes $dir/ZONE.signed, its DS $dir/ZONE.ds.
zones_sign_one() {
	local zone="$1" origin="${1%.}." key
	shift
	[ "$zone" != root ] || origin=.
	key=$(cd "$dir" && ldns-keygen -r /dev/urandom -k -a ECDSAP256SHA256 "$origin")
	mv "$dir/$key.ds" "$dir/$zone.ds"
	(cd "$dir" && ldns-signzone -i "$zones_from" -e "$zones_until" "$@" -o "$origin" \
		-f "$zone.signed" "$zone.zone" "$key")
	cat "$dir/$key.key" >"$dir/$zone.key"
}

# zones_announce ZONE NAME FLAGS: the zone publishes one more key; its DS is $dir/NAME.ds, as of flags 257.
zones_announce() {
	local key
	key=$(cd "$dir" && ldns-keygen -r /dev/urandom -k -a ECDSAP256SHA256 "$1.")
	mv "$dir/$key.ds" "$dir/$2.ds"
	sed "s/DNSKEY\t257/DNSKEY\t$3/" "$dir/$key.key" >>"$dir/$1.zone"
	rm "$dir/$key".* # it signs nothing: the zone's own key is the only one found there
}

# zones_prepare DIR: every zone ready to be served, and root.key, the trust anchor. Leaves first, since
# a parent's zone holds the DS records of its children.
zones_prepare() {
	local dir="$1" zones_from zones_until
	zones_from=$(date -u -d '-1 day' +%Y%m%d%H%M%S)
	zones_until=$(date -u -d '+7 days' +%Y%m%d%H%M%S)
	cp "$ZONE_SOURCES"/*.zone "$dir/"
	zones_sign_one signed.example
	zones_announce nsec3.example standby 257
	zones_announce nsec3.example revoked 385
	zones_sign_one nsec3.example -n -t 0
	zones_sign_one bogus.example
	sed -i 's/203\.0\.113\.80/203.0.113.81/' "$dir/bogus.example.signed"
	cp "$dir/plain.example.zone" "$dir/plain.example.signed"
	zones_many >"$dir/many.example.signed"
	(cd "$dir" && sed -s '$s/$/\n/' signed.example.ds nsec3.example.ds bogus.example.ds >>example.zone)
	zones_sign_one example
	sed '$s/$/\n/' "$dir/example.ds" >>"$dir/root.zone"
	zones_sign_one root
	touch "$dir/ready"
}

zones_many() {
	awk -v count="$ZONES_MANY" 'BEGIN {
		print "$ORIGIN many.example."
		print "@ 3600 SOA ns hostmaster 1 1800 900 604800 300"
		print "@ 3600 NS ns"
		print "ns 3600 A 198.51.100.3"
		print "ns 3600 AAAA 2001:db8:100::3"
		for (i = 0; i < count; i++)
			printf "n%d 3600 A 198.18.%d.%d\n", i, i / 256, i % 256
	}'
}

# zones_serve DIR NETNS NAME ADDRESS4 ADDRESS6 ZONE...: one knotd, in the background.
zones_serve() {
	local zones="$1" netns="$2" name="$3" address4="$4" address6="$5" zone home
	shift 5
	home="$LAB_DIR/knot-$name"
	mkdir "$home"
	{
		cat <<-CONF
		server:
		    rundir: "$home"
		    listen: [ $address4@53, $address6@53 ]
		    udp-workers: 1
		    tcp-workers: 1
		    background-workers: 1
		database:
		    storage: "$home"
		log:
		  - target: stderr
		    any: warning
		template:
		  - id: default
		    storage: "$zones"
		    zonefile-sync: -1
		    zonefile-load: whole
		    journal-content: none
		    semantic-checks: off
		zone:
		CONF
		for zone; do
			printf '  - domain: %s.\n    file: %s.signed\n' "${zone#root}" "$zone"
		done
	} >"$home/knot.conf"
	lab_spawn "knot-$name" "$netns" knotd -c "$home/knot.conf"
}
