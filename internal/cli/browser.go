package cli

import (
	"os/exec"
	"runtime"
)

// browser is the command that opens a page on this desktop, nil where there is
// none: over ssh it would open on a screen that nobody sits at.
func (u *ui) browser(page string) *exec.Cmd {
	if u.getenv("SSH_CONNECTION") != "" || u.getenv("SSH_TTY") != "" {
		return nil
	}
	switch runtime.GOOS {
	case "windows":
		return exec.Command("rundll32", "url.dll,FileProtocolHandler", page)
	case "darwin":
		return exec.Command("open", page)
	}
	isWSL := u.getenv("WSL_DISTRO_NAME") != ""
	if u.getenv("DISPLAY") == "" && u.getenv("WAYLAND_DISPLAY") == "" && !isWSL {
		return nil
	}
	for _, name := range []string{"xdg-open", "wslview"} {
		if path, err := exec.LookPath(name); err == nil {
			return exec.Command(path, page)
		}
	}
	return nil
}

// open shows a page, and reports whether a browser was started for it. Nobody
// waits for the browser.
func (u *ui) open(page string) bool {
	cmd := u.browser(page)
	if cmd == nil || cmd.Start() != nil {
		return false
	}
	go func() { _ = cmd.Wait() }()
	return true
}
