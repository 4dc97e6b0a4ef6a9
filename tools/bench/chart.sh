# SPDX-License-Identifier: BSD-2-Clause
# build/bench/answers.svg from the table of figures. For bash, to be sourced by run.sh.

chart() {
	command -v gnuplot >/dev/null || return 0
	awk -F '\t' -v hot="1 000 hot A names" '$1 == hot { printf "\"%s\" %s\n", $2, $3 }' \
		"$OUT/results.tsv" >"$DIR/chart.dat"
	[ -s "$DIR/chart.dat" ] || return 0
	gnuplot <<-EOF
		set terminal svg size 800,450 background "white"
		set output "$OUT/answers.svg"
		set title "Answers a second, 1 000 hot names, one CPU for the server"
		set logscale y
		set yrange [10000:*]
		set format y "%.0s%c"
		set grid y
		set style fill solid 0.8
		set boxwidth 0.7
		set xtics rotate by -30
		plot "$DIR/chart.dat" using 0:2:xtic(1) with boxes notitle lc rgb "#3060a0", \
			"" using 0:2:(sprintf("%.2f M", \$2 / 1e6)) with labels offset 0,0.7 notitle
	EOF
}
