package disk

import "os"

const nonblock = 0

// othersWrite cannot tell: Windows has access lists instead of mode bits.
func othersWrite(os.FileInfo) bool { return false }

// keepOwner does nothing: on Windows a new file has its folder's access list.
func keepOwner(*os.File, string) error { return nil }
