# SPDX-License-Identifier: BSD-2-Clause
# bash completion for runbound-cachectl: verbs, options, record types and the names in the table. What
# there is to choose it takes from the program's own help. Needs bash alone.

# Lines such as "  -n, --names N   show so many": the options in the help of a verb, or of none.
_runbound_cachectl_options() {
	"$1" ${2:+"$2"} --help 2>/dev/null | sed -nE 's/^ +(-[a-zA-Z], +)?(--[a-z-]+).*/\2/p'
}

# Whether OPTION, of all verbs or of VERB, takes a value: PROGRAM VERB OPTION.
_runbound_cachectl_takes_value() {
	{
		"$1" --help
		[ -z "$2" ] || "$1" "$2" --help
	} 2>/dev/null | grep -qE -- "^ +(-[a-zA-Z], )?$3(, --[a-z-]+)? [A-Z]"
}

_runbound_cachectl_verbs() {
	"$1" --help 2>/dev/null | sed -nE 's/^  ([a-z][a-z_]+)( .*)?$/\1/p'
	echo help
}

# Of the table in PINS: names that begin with WORD, 200 at most.
_runbound_cachectl_names() {
	local pins=$1 word=${2,,}
	[ -r "$pins/records" ] || return
	awk -v word="$word" '!/^#/ && index($1, word) == 1 && !seen[$1]++ { print $1; if (++n == 200) exit }' \
		"$pins/records" 2>/dev/null
}

# Escaped by bash where it needs that.
_runbound_cachectl_files() {
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
}

_runbound_cachectl() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local program=${COMP_WORDS[0]} verb="" pins=/sys/fs/bpf/runbound words=0 i
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-p | --pin-dir)
			pins=${COMP_WORDS[++i]}
			;;
		-*)
			! _runbound_cachectl_takes_value "$program" "$verb" "${COMP_WORDS[i]}" || i=$((i + 1))
			;;
		*)
			if [ -z "$verb" ]; then verb=${COMP_WORDS[i]}; else words=$((words + 1)); fi
			;;
		esac
	done
	case $before in
	-p | --pin-dir)
		_runbound_cachectl_files -d "$word"
		return
		;;
	-s | --socket)
		_runbound_cachectl_files -f "$word"
		return
		;;
	-*)
		! _runbound_cachectl_takes_value "$program" "$verb" "$before" || return
		;;
	esac
	if [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_runbound_cachectl_options "$program"
			[ -z "$verb" ] || _runbound_cachectl_options "$program" "$verb")" -- "$word" | sort -u)
		return
	fi
	case $verb:$words in
	:0 | help:0)
		mapfile -t COMPREPLY < <(compgen -W "$(_runbound_cachectl_verbs "$program")" -- "$word")
		;;
	lookup:0 | explain:0 | flush:0 | flush_type:0)
		mapfile -t COMPREPLY < <(_runbound_cachectl_names "$pins" "$word")
		;;
	lookup:1 | explain:1 | flush_type:1)
		mapfile -t COMPREPLY < <(compgen -W "A AAAA CAA CNAME DNSKEY DS HTTPS MX NAPTR NS NSEC \
			PTR RRSIG SOA SRV SSHFP SVCB TLSA TXT" -- "${word^^}")
		;;
	preload:*)
		_runbound_cachectl_files -f "$word"
		;;
	esac
}

complete -F _runbound_cachectl runbound-cachectl
