package registry

import (
	"context"
	"errors"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/trouble"
)

// whyNot says in words why a host gave no answer.
func whyNot(ctx context.Context, err error) string {
	for _, ours := range []error{errElsewhere, errPlain, errNoBearer} {
		if errors.Is(err, ours) {
			return ours.Error()
		}
	}
	return trouble.Words(ctx, err)
}
