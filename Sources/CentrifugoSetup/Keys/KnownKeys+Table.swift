extension KnownKeys {
  /// The keys of Centrifugo 6.9.1.
  ///
  /// A line each object, what is indented belongs to the line before it: `name = kind key key; kind key`. A kind is a
  /// plain one, another object's name, or that in brackets for a list of such objects; `as` takes in the keys of another
  /// object. A duration's default, where it is not zero, stands behind its key.
  static let table = """
    root = server http_server; log log; engine engine; broker broker; presence_manager presence_manager; map_broker
      map_broker; controller controller; shared_poll shared_poll; client client; channel channel; rpc rpc;
      [named_proxy] proxies; http_api http_api; grpc_api grpc_api; [consumer] consumers; web_socket websocket;
      http_stream sse http_stream; web_transport webtransport; uni_http_stream uni_sse uni_http_stream;
      uni_web_socket uni_websocket; uni_grpc uni_grpc; emulation emulation; admin admin; prometheus prometheus;
      conn_init health swagger debug init; open_telemetry opentelemetry; graphite graphite; usage_stats usage_stats;
      node node; shutdown shutdown; string pid_file; bool enable_unreleased_features
    shutdown = duration timeout=30s
    node = string name; duration info_metrics_aggregate_interval=60s
    usage_stats = bool disabled
    graphite = bool enabled tags; string host prefix; int port; duration interval=10s
    open_telemetry = bool enabled api consuming google_cloud_adc_auth
    conn_init = bool enabled; string handler_prefix
    prometheus = bool enabled instrument_http_handlers recovered_publications_histogram native_histograms; string
      handler_prefix
    admin = bool enabled insecure external; string handler_prefix password secret web_path web_proxy_address
    emulation = string handler_prefix; int max_request_body_size
    uni_grpc = bool enabled; string address; int port max_receive_message_size; tls tls
    uni_web_socket = bool enabled disable_closing_handshake disable_disconnect_push join_push_messages; as
      web_socket_common
    uni_http_stream = bool enabled; string handler_prefix; int max_request_body_size; connect_code_to_http_response
      connect_code_to_http_response
    connect_code_to_http_response = bool enabled; [connect_code_to_http_response_transform] transforms
    connect_code_to_http_response_transform = int code; transformed_connect_error_http_response to
    transformed_connect_error_http_response = int status_code; string body
    web_transport = bool enabled; string handler_prefix; int message_size_limit
    http_stream = bool enabled; string handler_prefix; int max_request_body_size
    web_socket = bool disabled; as web_socket_common
    consumer = string name type; bool enabled; postgres postgresql; kafka kafka; nats_jet_stream nats_jetstream;
      redis_stream redis_stream; google_pub_sub google_pub_sub; aws_sqs aws_sqs; azure_service_bus azure_service_bus
    azure_service_bus = string connection_string fully_qualified_namespace tenant_id client_id client_secret
      method_property; bool use_azure_identity use_sessions; strings queues; int max_concurrent_calls
      max_receive_messages; azure_service_bus_publication_data_mode publication_data_mode
    azure_service_bus_publication_data_mode = bool enabled; string channels_property idempotency_key_property
      delta_property version_property version_epoch_property tags_property_prefix
    aws_sqs = strings queues; bool sns_envelope; string region credentials_profile assume_role_arn method_attribute
      localstack_endpoint; int max_number_of_messages max_concurrency; duration wait_time_time=20s
      visibility_timeout=30s; aws_publication_data_mode publication_data_mode
    aws_publication_data_mode = bool enabled; string channels_attribute idempotency_key_attribute delta_attribute
      version_attribute version_epoch_attribute tags_attribute_prefix
    google_pub_sub = string project_id auth_mechanism credentials_file method_attribute; strings subscriptions; int
      max_outstanding_messages max_outstanding_bytes; aws_publication_data_mode publication_data_mode
    redis_stream = strings streams; string consumer_group payload_value method_value; duration
      visibility_timeout=30s; int num_workers; redis_stream_publication_data_mode publication_data_mode; as redis
    redis_stream_publication_data_mode = bool enabled; string channels_value idempotency_key_value delta_value
      version_value version_epoch_value tags_value_prefix
    nats_jet_stream = string url credentials_file username password token stream_name durable_consumer_name
      deliver_policy method_header; bool use_existing_consumer; strings subjects; int max_ack_pending;
      nats_jet_stream_publication_data_mode publication_data_mode; tls tls
    nats_jet_stream_publication_data_mode = bool enabled; string channels_header idempotency_key_header delta_header
      version_header version_epoch_header tags_header_prefix
    kafka = strings brokers topics; string consumer_group sasl_mechanism sasl_user sasl_password assume_role_arn
      instance_id method_header; int max_poll_records fetch_max_bytes partition_queue_max_size; duration
      fetch_max_wait=500ms dial_timeout=3s; bool fetch_read_uncommitted; tls tls;
      nats_jet_stream_publication_data_mode publication_data_mode
    postgres = string dsn outbox_table_name partition_notification_channel partition_notification_dsn; int
      num_partitions partition_select_limit; duration partition_poll_interval=300ms; tls tls; bool use_try_lock
    grpc_api = bool enabled reflection; string error_mode address key; int port max_receive_message_size; tls tls
    http_api = bool disabled external insecure; string handler_prefix key error_mode
    named_proxy = string name; as proxy
    rpc = proxy proxy; rpc_options without_namespace; [rpc_namespace] namespaces; rpc_ping ping; string
      namespace_boundary
    rpc_ping = bool enabled; string method
    rpc_namespace = string name; as rpc_options
    rpc_options = bool proxy_enabled; string proxy_name
    channel = channel_proxy_container proxy; channel_options without_namespace; [channel_namespace] namespaces;
      duration history_meta_ttl=720h; string publication_data_format private_prefix namespace_boundary user_boundary
      user_separator; int max_length
    channel_namespace = string name; as channel_options
    channel_options = bool presence join_leave force_push_join_leave force_positioning allow_positioning
      force_recovery allow_recovery auto_cache_recover allow_tags_filter delta_publish allow_subscribe_for_anonymous
      allow_subscribe_for_client allow_publish_for_anonymous allow_publish_for_subscriber allow_publish_for_client
      allow_presence_for_anonymous allow_presence_for_subscriber allow_presence_for_client
      allow_history_for_anonymous allow_history_for_subscriber allow_history_for_client allow_user_limited_channels
      subscribe_proxy_enabled publish_proxy_enabled sub_refresh_proxy_enabled subscribe_stream_proxy_enabled
      subscribe_stream_proxy_bidirectional; string map_clients_presence_channel_prefix
      map_users_presence_channel_prefix force_recovery_mode channel_regex publication_data_format
      subscribe_proxy_name publish_proxy_name sub_refresh_proxy_name subscribe_stream_proxy_name subscription_type;
      int history_size; duration history_ttl history_meta_ttl; strings allowed_delta_types; map map;
      shared_poll_options shared_poll
    shared_poll_options = string proxy_name mode; duration refresh_interval channel_shutdown_delay
      track_expired_extra_delay; int refresh_batch_size max_keys_per_connection; bool publish_enabled
    map = string mode client_key publish_proxy_name remove_proxy_name; duration key_ttl stream_ttl meta_ttl
      subscribe_catch_up_timeout; int stream_size default_page_size min_page_size max_page_size
      live_transition_max_publication_limit; bool remove_client_on_unsubscribe allow_publish_for_client
      allow_publish_for_subscriber allow_publish_for_anonymous allow_remove_for_client allow_remove_for_subscriber
      allow_remove_for_anonymous publish_proxy_enabled remove_proxy_enabled
    channel_proxy_container = proxy subscribe publish sub_refresh subscribe_stream map_publish map_remove
      shared_poll_refresh
    proxy = string endpoint; duration timeout=1s; strings http_headers grpc_metadata emulated_headers; bool
      binary_encoding include_connection_meta; proxy_common_http http; proxy_common_grpc grpc
    client = client_proxy_container proxy; strings allowed_origins; token token; subscription_token
      subscription_token; bool allow_anonymous_connect_without_token disallow_anonymous_connection_tokens
      connect_include_server_time insecure_skip_token_signature_verify insecure; duration ping_interval=25s
      expired_close_delay=25s expired_sub_close_delay=25s pong_timeout=8s stale_close_delay=10s
      presence_update_interval=27s channel_position_check_delay=40s channel_position_max_time_lag; int channel_limit
      queue_max_size concurrency connection_limit user_connection_limit connection_rate_limit
      history_max_publication_limit recovery_max_publication_limit; string user_id_http_header;
      subscribe_to_user_personal_channel subscribe_to_user_personal_channel;
      connect_code_to_unidirectional_disconnect connect_code_to_unidirectional_disconnect
    connect_code_to_unidirectional_disconnect = bool enabled; [uni_connect_code_to_disconnect_transform] transforms
    uni_connect_code_to_disconnect_transform = int code; transform_disconnect to
    subscribe_to_user_personal_channel = bool enabled single_connection; string personal_channel_namespace
    subscription_token = bool enabled; as token
    token = string hmac_secret_key hmac_previous_secret_key rsa_public_key ecdsa_public_key jwks_public_endpoint
      audience audience_regex issuer issuer_regex user_id_claim; int hmac_previous_secret_key_valid_until; bool
      insecure_skip_jwks_endpoint_safety_check
    client_proxy_container = refresh_proxy connect refresh
    refresh_proxy = bool enabled binary_encoding include_connection_meta; string endpoint; duration timeout=1s;
      strings http_headers grpc_metadata emulated_headers; proxy_common_http http; proxy_common_grpc grpc
    proxy_common_grpc = tls tls; string credentials_key credentials_value; bool compression; headers static_metadata
    proxy_common_http = tls tls; headers static_headers; [http_status_to_code_transform] status_to_code_transforms
    http_status_to_code_transform = int status_code; transform_error to_error; transform_disconnect to_disconnect
    transform_disconnect = int code; string reason
    transform_error = int code; string message; bool temporary
    shared_poll = string hmac_secret_key hmac_previous_secret_key; int hmac_previous_secret_key_valid_until
      concurrency_limit
    controller = bool enabled; string type; postgres_controller postgres
    postgres_controller = string dsn table_prefix notify_dsn; tls tls; int pool_size num_shards
      partition_retention_days partition_lookahead_days batch_size; duration poll_interval=50ms
      partition_cleanup_interval=1m; bool use_notify skip_schema_init
    map_broker = string type; redis_map_broker redis; postgres_map_broker postgres
    postgres_map_broker = string dsn notify_dsn table_prefix; tls tls; int pool_size num_shards
      partition_lookahead_days partition_retention_days; duration ttl_check_interval=1s cleanup_interval=1m
      idempotent_result_ttl=5m stream_retention=24h; bool binary_data use_notify skip_schema_init;
      postgres_map_broker_outbox outbox
    redis_map_broker = string prefix; duration cleanup_interval=1s idempotent_result_ttl=5m; int cleanup_batch_size;
      bool skip_pub_sub; as redis
    presence_manager = bool enabled; string type; redis_presence_manager redis
    redis_presence_manager = string prefix; duration presence_ttl=60s; bool presence_hash_field_ttl
      presence_user_mapping; as redis
    broker = bool enabled; string type; redis_broker redis; nats_broker nats; postgres_stream_broker postgres;
      redis_nats_broker redisnats
    redis_nats_broker = redis_broker redis; nats_broker nats
    postgres_stream_broker = string dsn notify_dsn table_prefix; tls tls; int pool_size num_shards
      partition_lookahead_days partition_retention_days; duration cleanup_interval=1m idempotent_result_ttl=5m
      stream_retention=24h; bool binary_data use_notify skip_schema_init; postgres_map_broker_outbox outbox
    postgres_map_broker_outbox = duration poll_interval=100ms; int batch_size
    nats_broker = string prefix url; duration dial_timeout=1s write_timeout=1s; tls tls; bool allow_wildcards;
      raw_mode raw_mode
    raw_mode = bool enabled; headers channel_replacements; string prefix
    redis_broker = string prefix; bool history_use_lists; as redis
    engine = string type; redis_engine redis
    redis_engine = string prefix; bool history_use_lists presence_hash_field_ttl presence_user_mapping; duration
      presence_ttl=60s; as redis
    redis_replica_client = bool enabled
    log = string level file
    server = string address internal_address internal_port; int port; tls tls internal_tls; autocert tls_autocert;
      bool tls_external h2c_external; redis_replica_client http3
    autocert = bool enabled http; strings host_whitelist; string cache_dir email server_name http_addr
    tls = bool enabled insecure_skip_verify; string cert_pem key_pem server_ca_pem client_ca_pem server_name
    redis = strings address cluster_address sentinel_address; duration connect_timeout=1s io_timeout=4s; int db;
      string user password client_name sentinel_user sentinel_password sentinel_master_name sentinel_client_name;
      bool force_resp2; tls tls sentinel_tls; redis_replica_client replica_client
    web_socket_common = string handler_prefix; bool compression use_write_buffer_pool; int compression_min_size
      compression_level read_buffer_size write_buffer_size message_size_limit decompressed_message_size_limit;
      duration write_timeout=1000ms
    """
}
