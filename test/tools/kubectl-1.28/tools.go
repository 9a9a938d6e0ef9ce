//go:build tools

// Package tools pins the oldest and a middle kubectl that the tests run, beside the newest in ../kubernetes,
// whose comment says why each has a module of its own.
package tools

import (
	_ "k8s.io/kubernetes/cmd/kubectl"
)
