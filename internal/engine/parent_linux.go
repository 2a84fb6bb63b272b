package engine

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
)

const maxArgv = 512 << 10 // bytes; a longer one is no engine's

// readProcess reads /proc. It asks /proc/self who the parent is, not the kernel:
// under a /proc of another pid namespace the kernel's numbers are other processes.
func readProcess(_ context.Context, pid int) (process, error) {
	dir := "/proc/self"
	if pid != self {
		dir = "/proc/" + strconv.Itoa(pid)
	}
	stat, err := os.ReadFile(dir + "/stat")
	if err != nil {
		return process{}, err
	}
	p, err := parseStat(string(stat))
	if err != nil || pid == self {
		return p, err
	}
	p.argv, err = readArgv(dir + "/cmdline")
	return p, err
}

var errStat = errors.New("stat of a process is malformed")

// parseStat reads a line of /proc/PID/stat: the pid, the program's name in
// brackets, which may hold blanks and brackets itself, and numbers.
// Source: proc_pid_stat(5); fields 4 (ppid) and 22 (starttime).
func parseStat(line string) (process, error) {
	open, end := strings.IndexByte(line, '('), strings.LastIndexByte(line, ')')
	if open < 0 || end < open {
		return process{}, errStat
	}
	fields := strings.Fields(line[end+1:]) // from field 3 on
	if len(fields) < 20 {
		return process{}, errStat
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line[:open]))
	if err != nil {
		return process{}, err
	}
	parent, err := strconv.Atoi(fields[1])
	if err != nil {
		return process{}, err
	}
	start, err := strconv.ParseInt(fields[19], 10, 64)
	return process{pid: pid, parent: parent, start: start}, err
}

// readArgv gives no words of an argv that is too long: its end, which is what
// names the target of a push, would be missing.
func readArgv(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxArgv+1))
	if err != nil || len(text) == 0 || len(text) > maxArgv {
		return nil, err
	}
	return strings.Split(string(bytes.TrimSuffix(text, []byte{0})), "\x00"), nil
}
