#!/bin/bash
LIMIT=10
readonly NAME="x"
# Says hello.
greet() {
  local who=$1
  echo "$who"
}
function bye { echo bye; }
greet "$NAME"
