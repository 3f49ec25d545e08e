#!/usr/bin/env bash
# Makes the Swift code of the protocol buffers anew: what Sources/CentrifugoProxyAPI has beside its .proto files.
#
# Needs Debian's protobuf-compiler. The plugins are built here, in the versions below, so that the same .proto gives the
# same Swift everywhere; the runtime of Package.swift may be newer.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."
. Scripts/say.sh

swift_protobuf=1.39.0
grpc_swift_protobuf=2.4.1
folder=Sources/CentrifugoProxyAPI

command -v protoc >/dev/null || die 'protoc is missing: apt-get install protobuf-compiler'

tools=.build/generate
mkdir -p "$tools/Sources/Tools"
printf '' >"$tools/Sources/Tools/Empty.swift"
cat >"$tools/Package.swift" <<EOF
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "tools",
  dependencies: [
    .package(url: "https://github.com/apple/swift-protobuf", exact: "$swift_protobuf"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", exact: "$grpc_swift_protobuf"),
  ],
  targets: [.target(name: "Tools")])
EOF
for product in protoc-gen-swift protoc-gen-grpc-swift-2; do
  swift build --package-path "$tools" --product "$product"
done
built=$(swift build --package-path "$tools" --show-bin-path)

# Of the services the names alone: how a call is answered is written by hand, as it is answered before its bytes are
# known to be good.
protoc --proto_path="$folder" \
  --plugin="$built/protoc-gen-swift" --plugin="$built/protoc-gen-grpc-swift-2" \
  --swift_out="$folder" --swift_opt=Visibility=Public --swift_opt=UseAccessLevelOnImports=true \
  --grpc-swift-2_out="$folder" --grpc-swift-2_opt=Visibility=Public --grpc-swift-2_opt=Client=false \
  --grpc-swift-2_opt=Server=false --grpc-swift-2_opt=UseAccessLevelOnImports=true \
  "$folder"/*.proto
say "Made: $(cd "$folder" && echo ./*.swift)"
